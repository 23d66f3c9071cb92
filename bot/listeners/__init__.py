"""Bolt handlers: acknowledge, translate, call, render."""
