-- Has patterns that end in the middle.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local escaped = false
  for _, pattern in ipairs({ "%", "[", "[a", "[^", "[%", "[a-", "(", "(()", "%b", "%bx", "%f",
    "%fx", "%1", "(%1)", "%9", "[]", "[^]", "[a-%", "a%" }) do
    for _, call in ipairs({ string.find, string.match }) do
      if pcall(call, "aaaa", pattern) then escaped = true end
    end
    if pcall(string.gsub, "aaaa", pattern, "%9") then escaped = true end
  end
  return { escaped = escaped }
end }
