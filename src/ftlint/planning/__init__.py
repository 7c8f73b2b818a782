"""Planning: what a training run on a dataset would need and cost."""
