-- Rejects when it is loaded.
-- expect: refused at load: context
context.reject("no")
