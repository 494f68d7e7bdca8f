-- Replaces inside a replacement inside a replacement.
-- expect: raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local function replace(text) return (text:gsub(".", replace)) end
  return { escaped = replace("a") }
end }
