"""ftlint: a data-quality and bias-audit linter for fine-tuning datasets."""

__version__ = "0.1.0.dev0"
