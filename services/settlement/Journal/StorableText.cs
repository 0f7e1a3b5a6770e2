namespace MedInsure.Settlement.Journal;

/// <summary>
/// What the tables behind the journal can take into their columns of text. Checked before a record is accepted: a record that the projection could never write
/// would stop all those after it.
/// </summary>
internal static class StorableText
{
    // Far above every length of the national interface; PostgreSQL's index rows end at about 2,700 bytes.
    private const int LengthMax = 200;

    public static bool Holds(JournalRecord record)
    {
        var opened = record.EncounterOpened ?? record.SettledClaim?.InlineEncounter;
        return Holds(record.Key.Sender) && Holds(record.Key.MessageId) && Holds(record.Key.Transaction) && Holds(record.PsnNo) && Holds(record.MdtrtId)
            && (opened is null || (Holds(opened.FixmedinsCode) && Holds(opened.Insutype) && Holds(opened.Details.VisitNo) && Holds(opened.Details.MedType)))
            && (record.EncounterChanged?.Details is not { } changed || Holds(changed.MedType))
            && (record.ConsentRecorded is not { } consent || (Holds(consent.ContractNo) && Holds(consent.PolicyNo) && Holds(consent.Evidence)))
            && (record.PolicyAdopted is not { } adopted || (Holds(adopted.Pack) && Holds(adopted.Version) && Holds(adopted.Scope)))
            && (record.AccountWithdrawn is not { } withdrawn || Holds(withdrawn.Cause))
            && (record.RequestVoided is not { } voided || (Holds(voided.Sender) && Holds(voided.MessageId)));
    }

    public static bool Holds(JournalCommand command) =>
        Holds(command.Key.Sender) && Holds(command.Key.MessageId) && Holds(command.PsnNo) && Holds(command.MdtrtId) && (command.NewVisit is not { } visit || (Holds(visit.FixmedinsCode) && Holds(visit.VisitNo)));

    /// <summary>PostgreSQL stores no NUL in a text.</summary>
    public static bool Holds(string text) => text.Length <= LengthMax && !text.Contains('\0', StringComparison.Ordinal);
}
