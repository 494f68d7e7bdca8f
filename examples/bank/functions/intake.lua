-- Turns a request into the first entry that it makes in an account. A transfer begins in the account that pays: what
-- the other one gets is an entry that account.lua makes once that has paid.
local entries = { deposit = "credit", withdrawal = "debit", transfer = "debit" }

local function is_name(value)
  return type(value) == "string" and value ~= ""
end

return {
  description = "checks requests and makes entries of them",
  from = "requests",
  to = "entries",
  handler = function(event, context)
    local request = event.data
    local kind = entries[request.kind]
    if not kind then
      return context.reject("a request is a deposit, a withdrawal or a transfer")
    end
    if math.type(request.cents) ~= "integer" or request.cents <= 0 then
      return context.reject("an amount is a whole number of cents, above 0")
    end
    if not is_name(request.account) then
      return context.reject("a request names its account")
    end
    local entry = { request = event.id, kind = kind, cents = request.cents }
    if request.kind == "transfer" then
      if not is_name(request.to) or request.to == request.account then
        return context.reject("a transfer names another account that it goes to")
      end
      entry.to = request.to
    end
    context.emit(entry, { key = request.account })
  end,
}
