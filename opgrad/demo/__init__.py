"""The demo: a neural network of scalar Values, trained on real data. See :mod:`opgrad.demo.mlp`."""
