"""What a training run looks like: rows, figures and one page; free of torch, for the window too."""
