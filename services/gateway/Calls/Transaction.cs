using MedInsure.Gateway.Fields;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Calls;

/// <summary>One transaction of the national interface: its numbers, its field tables, its call and its answer.</summary>
public abstract class Transaction
{
    /// <summary>2207 and 2207A: variants that differ in optional fields only share a file.</summary>
    public abstract IReadOnlyList<string> Numbers { get; }

    public abstract string Title { get; }

    /// <summary>The service group of the address /fsi/api/&lt;service&gt;/&lt;infno&gt; (national-interface.md section 1).</summary>
    public abstract string Service { get; }

    /// <summary>In the order in which they are checked.</summary>
    public abstract IReadOnlyList<Node> Nodes { get; }

    /// <summary>The output's nodes, for readers of the table.</summary>
    public virtual string OutputNodes => "";

    /// <summary>New cost of the fund comes of it: refused while the provider's agreement is not in force.</summary>
    public virtual bool CreatesCost => false;

    /// <summary>It changes something behind: when nothing comes back, the outcome is unknown, and the same message may be sent again.</summary>
    public virtual bool IsCommand => false;

    /// <summary>How many bytes a request to its own address may have where that is more than others may; 0 = what others may.</summary>
    public virtual int BodyBytesMax => 0;

    /// <summary>Asks the services and writes the output's nodes into the open object <see cref="Call.Output"/>. A refusal discards what was written.</summary>
    public abstract Task<Refusal?> Answer(Call call);
}
