"""Printed labels: which there are to print, and what each says."""
