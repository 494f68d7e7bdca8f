-- Sorts inside a comparison inside a sort.
-- expect: raised: overflow
return { from = "in", to = "out", handler = function(event, context)
  local function less(a, b)
    table.sort({ 2, 1 }, less)
    return a < b
  end
  table.sort({ 2, 1 }, less)
end }
