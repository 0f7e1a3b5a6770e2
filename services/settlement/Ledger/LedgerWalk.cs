using System.Globalization;

namespace MedInsure.Settlement.Ledger;

/// <summary>What a verification of the ledger found; no findings: the chain holds, everything balances and every closing says what was booked.</summary>
/// <param name="HeadHash">Of the last voucher, in hexadecimal: kept elsewhere day by day, it shows a later change of any voucher before it.</param>
internal sealed record LedgerReport(string County, long Vouchers, string HeadHash, string? ClosedOn, IReadOnlyList<string> Findings);

/// <summary>Goes over vouchers in their order and computes anew what the ledger says of itself. Pure: fed from the database or from an export.</summary>
internal sealed class LedgerWalk(string county, byte[] start)
{
    private const int FindingsMax = 100;

    private readonly List<string> findings = [];
    private readonly HashSet<(string Kind, string Number)> numbers = [];
    private readonly TrialBalance balance = new();
    private byte[] hash = start;
    private long no, incomes, lastIncome, settlementNo, closedSettlementNo, journalSeq;
    private (long After, long To)? settled;
    private DateOnly? closedOn;

    public string HeadHash => Convert.ToHexStringLower(hash);

    public long Vouchers => no;

    public long SettlementNo => settlementNo;

    public LedgerReport Report => new(county, no, HeadHash, closedOn is { } day ? LedgerText.Day(day) : null, findings);

    public void Find(string finding)
    {
        if (findings.Count < FindingsMax) findings.Add(finding);
    }

    /// <returns>What the document says; null: the chain is broken, after which nothing can be trusted.</returns>
    public (Voucher Voucher, DateOnly BookedOn)? Take(ReadOnlyMemory<byte> document, string said)
    {
        no++;
        hash = LedgerText.Hash(hash, document.Span);
        if (HeadHash != said)
        {
            Find($"voucher {no}: the chain of hashes is broken");
            return null;
        }
        Voucher voucher;
        DateOnly bookedOn;
        try
        {
            (voucher, var number, bookedOn) = LedgerText.Read(document);
            if (number != no) Find($"voucher {no} says that it is {number}");
        }
        catch (FormatException e)
        {
            Find($"voucher {no}: {e.Message}");
            return null;
        }
        Check(voucher, bookedOn);
        return (voucher, bookedOn);
    }

    private void Check(Voucher voucher, DateOnly bookedOn)
    {
        if (voucher.Entries.Sum(e => e.AmountFen) != 0) Find($"voucher {no} does not balance");
        if (voucher.Entries.Any(e => e.AmountFen == 0)) Find($"voucher {no} has an entry of nothing");
        if (voucher.EffectiveOn > bookedOn) Find($"voucher {no} takes effect after it was booked");
        if (bookedOn <= closedOn) Find($"voucher {no} is booked on {LedgerText.Day(bookedOn)}, which was closed before");
        if (!numbers.Add((voucher.Kind, voucher.Number))) Find($"voucher {no}: {voucher.Kind} {voucher.Number} is booked twice");
        if (voucher.Entries.Count == 0 != (voucher.Kind == CloseDay.Kind)) Find($"voucher {no} books nothing, or is a closing that does");
        balance.Book(bookedOn, voucher.Entries);
        if (voucher.Kind == IncomeReceivedHandler.Kind)
        {
            incomes++;
            lastIncome = Math.Max(lastIncome, long.TryParse(voucher.Number, NumberStyles.None, CultureInfo.InvariantCulture, out var income) ? income : long.MaxValue);
        }
        if (voucher.Settled is { } range)
        {
            // Several vouchers, one of each day of effect, share a range; the next range begins where it ends.
            if (settled != (range.After, range.To) && range.After != closedSettlementNo) Find($"voucher {no} sums up settlements from {range.After + 1}, the ones before ended at {closedSettlementNo}");
            (settled, settlementNo) = ((range.After, range.To), range.To);
        }
        if (voucher.Close is { } close) Check(close);
    }

    private void Check(DayClose close)
    {
        if (close.PreviousDay != closedOn || close.Day <= closedOn) Find($"voucher {no} closes {LedgerText.Day(close.Day)} out of its order");
        if (incomes != lastIncome || close.IncomeNo != incomes) Find($"voucher {no} closes a day with incomes to {close.IncomeNo}: {incomes} are booked, the last is {lastIncome}");
        if (close.SettlementNo < settlementNo) Find($"voucher {no} closes settlements to {close.SettlementNo}: they are summed up to {settlementNo}");
        if (close.JournalSeq < journalSeq) Find($"voucher {no}: the journal is shorter than it was");
        var expected = balance.Close(close.Day);
        if (!expected.SequenceEqual(close.Balances)) Find($"voucher {no}: the trial balance of {LedgerText.Day(close.Day)} is not the sum of what was booked");
        if (expected.Sum(b => (decimal)b.ClosingFen) != 0) Find($"voucher {no}: the balances of {LedgerText.Day(close.Day)} do not sum to zero");
        (closedOn, journalSeq, closedSettlementNo, settlementNo, settled) = (close.Day, close.JournalSeq, close.SettlementNo, close.SettlementNo, null);
    }
}
