"""The context that Kedro creates, for which the project's hooks run."""

from . import failures, kedro_api


def open_context(reading):
    """The configuration loader and the context, with the project's hooks registered as in a session."""
    if kedro_api.version() < (0, 18):
        # Kedro has already registered the hooks while it configured the project; one of them creates the loader.
        context = kedro_api.open_session(reading)
        return context.config_loader, context
    from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
    from kedro.framework.project import settings

    loader = kedro_api.make_loader(reading)
    manager = _create_hook_manager()
    _register_hooks(manager, settings.HOOKS)
    context = kedro_api.make_context(reading, loader, manager)
    try:
        manager.hook.after_context_created(context=context)
    except Exception as error:  # noqa: BLE001 (a hook may raise anything)
        if not reading.is_embedded:
            raise
        reading.warn(failures.warning(reading.root, error, "kedro.hook_failed", "run the hooks of settings.py"))
    return context.config_loader, context
