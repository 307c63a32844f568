"""Alerts: rules over signals, one alert for each series, and who is told of it when, with the reason of every silence.

Everything here is free of the database: ``commands`` runs these rules, ``store`` keeps what they say.
"""
