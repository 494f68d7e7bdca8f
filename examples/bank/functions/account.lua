-- An account: the fold of its entries. A debit that it does not cover is refused; one that is part of a transfer, and
-- is covered, makes the entry of the account that gets the money. So no transfer takes from one account and gives
-- nothing to the other, nor the other way round, whatever is killed meanwhile.
return {
  description = "posts entries to accounts, or refuses them",
  from = "entries",
  to = { "postings", "refusals", "entries" },
  -- The second entry of a transfer comes back here.
  loop = true,
  state = { initial = { cents = 0, postings = 0 } },
  handler = function(event, context)
    local entry, account = event.data, context.state
    local change = entry.kind == "credit" and entry.cents or -entry.cents
    local posting = { account = event.key, change = change, request = entry.request }
    if account.cents + change < 0 then
      posting.balance = account.cents
      return context.emit(posting, { to = "refusals" })
    end
    account.cents = account.cents + change
    account.postings = account.postings + 1
    posting.balance = account.cents
    context.emit(posting, { to = "postings" })
    if entry.to then
      local credit = { request = entry.request, kind = "credit", cents = entry.cents, from = event.key }
      context.emit(credit, { to = "entries", key = entry.to })
    end
  end,
}
