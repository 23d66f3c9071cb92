"""Tests by kind: unit, property, integration, scenario, contract, browser."""
