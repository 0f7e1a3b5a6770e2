using Npgsql;

namespace MedInsure.Hosting.Imports;

/// <summary>A tenant's rows on their way into its tables: one set is sent while the caller fills the other, so that reading a file and storing it take their time side by side.</summary>
public sealed class CopyLane
{
    /// <summary>Some thousand rows of each table: what a COPY costs beside its rows hardly shows, and twenty tenants at once take forty MiB.</summary>
    private const int BytesPerTurn = 1 << 20;

    private readonly NpgsqlConnection connection;
    private IReadOnlyList<BinaryRows> filling, spare;
    private Task sending = Task.CompletedTask;

    internal CopyLane(NpgsqlConnection connection, IReadOnlyList<BinaryRows> filling, IReadOnlyList<BinaryRows> spare) => (this.connection, this.filling, this.spare) = (connection, filling, spare);

    /// <summary>The rows to fill now, in the order in which the tables were named. After <see cref="Turn"/> they are others.</summary>
    public IReadOnlyList<BinaryRows> Rows => filling;

    public bool IsFull
    {
        get
        {
            var bytes = 0;
            for (var i = 0; i < filling.Count; i++) bytes += filling[i].Bytes;
            return bytes >= BytesPerTurn;
        }
    }

    /// <summary>Sends what was filled, when the turn before has arrived.</summary>
    public async Task Turn(CancellationToken cancellation)
    {
        await sending;
        var full = filling;
        (filling, spare) = (spare, full);
        sending = Task.Run(async () =>
        {
            foreach (var rows in full) await rows.Send(connection, cancellation);
        }, cancellation);
    }

    internal async Task Complete(CancellationToken cancellation)
    {
        await Turn(cancellation);
        await sending;
    }

    /// <summary>Waits for what is on its way, however it ends: the connection is about to be closed.</summary>
    internal async Task Settle() => await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
