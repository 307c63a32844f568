"""All SQL of services."""
