using System.Collections.Frozen;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Transactions.Audit;
using MedInsure.Gateway.Transactions.Files;
using MedInsure.Gateway.Transactions.Filings;
using MedInsure.Gateway.Transactions.Inpatient;
using MedInsure.Gateway.Transactions.Outpatient;
using MedInsure.Gateway.Transactions.Persons;
using MedInsure.Gateway.Transactions.Pharmacy;
using MedInsure.Gateway.Transactions.Queries;
using MedInsure.Gateway.Transactions.Reconciliation;
using MedInsure.Gateway.Transactions.Registry;
using MedInsure.Gateway.Transactions.Reversal;
using MedInsure.Gateway.Transactions.SignIn;
using MedInsure.Gateway.Transactions.Stock;

namespace MedInsure.Gateway;

/// <summary>Every transaction that is open, by number.</summary>
public sealed class TransactionTable
{
    public static readonly IReadOnlyList<Transaction> All =
    [
        new T1101FindPerson(), new T1201FindProviders(),
        new T1312QueryCatalog(), new T1318QueryPriceCeilings(), new T1319QueryFirstPay(),
        new T2001CheckEntitlement(),
        new T2101PreSettleSale(), new T2102SettleSale(), new T2103CancelSale(),
        new T2201Register(), new T2202CancelRegistration(), new T2203DescribeVisit(), new T2204AddFees(), new T2205CancelFees(),
        new T2206PreSettleOutpatient(), new T2207SettleOutpatient(), new T2208CancelOutpatient(),
        new T2301AddInpatientFees(), new T2302CancelInpatientFees(), new T2303PreSettleInpatient(), new T2304SettleInpatient(), new T2305CancelInpatient(),
        new T2401Admit(), new T2402Discharge(), new T2403ChangeAdmission(), new T2404CancelAdmission(), new T2405UndoDischarge(),
        new T2501FileReferral(), new T2502WithdrawReferral(), new T2503FileChronicDisease(), new T2504WithdrawChronicDisease(),
        new T2601ReverseRequest(),
        new T3101CheckOrders(), new T3102CheckCharges(), new T3103RecordFeedback(),
        new T3201CompareTotals(), new T3202CompareDetails(), new T13203QueryDailyResults(),
        new T3203ApplyForClearing(), new T3204WithdrawApplication(), new T3205AQueryApplication(), new T3206AListClearingOffices(),
        new T3501CountStock(), new T3502ChangeStock(), new T3503BuyStock(), new T3504ReturnPurchase(), new T3505SellStock(), new T3506ReturnSale(), new T3507DeleteStock(),
        new T5201QueryVisits(), new T5203QuerySettlements(), new T5204QueryFeeLines(), new T5206QueryAccumulations(), new T5301QueryChronicFilings(), new T5368QueryAccountBalance(),
        new T9001SignIn(), new T9002SignOut(), new T9101UploadFile(), new T9102DownloadFile(),
    ];

    private readonly FrozenDictionary<string, Transaction> byNumber =
        All.SelectMany(t => t.Numbers.Select(n => KeyValuePair.Create(n, t))).ToDictionary(StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);

    public Transaction? Find(string infno) => byNumber.GetValueOrDefault(infno);
}
