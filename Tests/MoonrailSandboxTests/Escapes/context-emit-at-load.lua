-- Emits when it is loaded.
-- expect: refused at load: context
context.emit({})
