"""The commands of ftlint, one file each; nothing heavy is imported before one runs."""
