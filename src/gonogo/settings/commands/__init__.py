"""Every change to settings: who may, is it valid, one transaction, one event, one broadcast."""
