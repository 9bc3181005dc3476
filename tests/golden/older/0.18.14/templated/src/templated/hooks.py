from kedro.framework.hooks import hook_impl


class ProjectHooks:
    @hook_impl
    def after_context_created(self, context):
        self.seen = context.params["size"]
