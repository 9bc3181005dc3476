from hooked.hooks import ProjectHooks

HOOKS = (ProjectHooks(),)
