"""The room's own actions: what deployment checklists need done, from annotations, the command line and REST."""
