-- Passes a binary chunk to everything that takes text.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local chunk = "\27Lua\84\0\25\147\r\n\26\n"
  for _, call in ipairs({ require, tonumber, string.format, context.reject and print, pcall }) do
    pcall(call, chunk)
  end
  return { escaped = pcall(chunk) }
end }
