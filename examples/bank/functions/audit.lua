-- Adds up what was posted to each account by itself, and says where that is not the balance which the posting claims.
return {
  description = "checks the balances of postings against sums of its own",
  from = "postings",
  to = "findings",
  state = { initial = { cents = 0 } },
  handler = function(event, context)
    local posting, sum = event.data, context.state
    sum.cents = sum.cents + posting.change
    if posting.balance ~= sum.cents or sum.cents < 0 then
      return { account = posting.account, claimed = posting.balance, found = sum.cents, request = posting.request }
    end
  end,
}
