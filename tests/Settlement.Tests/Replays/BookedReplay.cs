using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Replays;
using Npgsql;

namespace MedInsure.Settlement.Tests.Replays;

/// <summary>Replays what the tables hold of a person and compares it with what is booked.</summary>
internal static class BookedReplay
{
    /// <summary>A person's settlements, reversals and merges in the journal's order.</summary>
    public static async Task<List<JournalRecord>> Records(this SettlementNode node, string psnNo)
    {
        await node.Projected();
        return [.. (await Settlement.Corrections.PersonHistory.Read(node.Database, psnNo, default)).Records];
    }

    public static PersonReplay Replay(this SettlementNode node, IEnumerable<JournalRecord> records, Func<SettledClaim, Settlement.Policies.BenefitPolicy?>? policyOf = null)
    {
        var replay = new PersonReplay(node.Journal.Policies, policyOf);
        foreach (var record in records) replay.Apply(record);
        return replay;
    }

    /// <summary>Under the versions that were used the replay is what is booked, to the fen: amounts, shares, changes, facts from history, what stands, the sums that are left.</summary>
    public static async Task<PersonReplay> ReplayIsBooked(this SettlementNode node, string psnNo)
    {
        var records = await node.Records(psnNo);
        var replay = node.Replay(records);
        foreach (var claim in replay.Claims)
        {
            var (booked, replayed) = (claim.Document, JournalDocuments.DocumentOf(claim.Result));
            replayed.AccountBalanceFen = booked.Amounts.AccountBalanceFen; // the account offers what it paid, no more
            Assert.Equal(booked.Amounts, replayed);
            Assert.Equal(booked.Change.Select(c => (c.Key, c.Delta)), claim.Result.Changes.Select(c => (c.Key, c.Delta)));
            Assert.Equal(booked.Share.Select(s => (s.FundPayType, s.RuleId, s.InScopeFen, s.AmountFen)), claim.Result.Shares.Select(s => (s.FundPayType, s.RuleId, s.InScope.Value, s.Amount.Value)));
            var facts = JournalDocuments.DocumentOf(claim.Facts);
            (facts.AccountBalanceFen, facts.UseAccount, facts.Family) = (booked.Facts.AccountBalanceFen, booked.Facts.UseAccount, booked.Facts.Family);
            Assert.Equal(booked.Facts, facts);
            var last = records.FindLast(r => r.SettledClaim?.SetlId == claim.SetlId || r.ReversedClaim?.RootSetlId == claim.SetlId)!;
            Assert.Equal(last.ReversedClaim?.Restores ?? true, claim.Stands);
        }
        await using var command = node.Database.CreateCommand("SELECT insutype, year, sums::text FROM accumulator WHERE psn_no = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = psnNo });
        await using var reader = await command.ExecuteReaderAsync();
        var left = replay.Years.ToDictionary(y => y.Year, y => y.Sums);
        while (await reader.ReadAsync())
            Assert.True(left.Remove(new BenefitYear(reader.GetString(0), reader.GetInt32(1)), out var sums) && sums.HasSameSums(AccumulatorText.Parse(reader.GetString(2))), $"{psnNo} {reader.GetInt32(1)}");
        Assert.Empty(left);
        return replay;
    }
}
