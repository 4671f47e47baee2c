"""From answers to outcomes, by columns: right, following from the own work, or wrong."""
