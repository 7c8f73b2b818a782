"""Configuration: from files, packs, plugins and options to the rules of a run."""
