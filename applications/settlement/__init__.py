"""Settling an enterprise's year: mark, load, build the case, evaluate, plan, write."""
