-- Asks require for the standard libraries.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, name in ipairs({ "io", "os", "debug", "package", "_G", "coroutine", "ffi", "string" }) do
    if pcall(require, name) then escaped = true end
  end
  return { escaped = escaped }
end }
