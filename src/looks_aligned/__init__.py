"""Looks Aligned: small worlds, trained agents and explorers for a hands-on course in inner alignment.

The arrows run one way: worlds → agents → experiments → drawing → explore → book; causal needs only worlds, and
exercises nothing beyond experiments.
"""

__version__ = "0.1.0"
