"""Agents are policies over a table: planned exactly, or learned by exact policy gradient."""
