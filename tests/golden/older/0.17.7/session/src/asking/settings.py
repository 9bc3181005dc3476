from asking.hooks import project_hooks

HOOKS = (project_hooks,)
