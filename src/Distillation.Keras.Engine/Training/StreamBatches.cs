using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The batches of a user's source, each checked as arrays are.</summary>
/// <param name="model">What takes the batches.</param>
/// <param name="source">The source.</param>
internal abstract class StreamBatches(Model model, DataSource source) : BatchSource
{
    /// <inheritdoc/>
    public override int? Steps => source.Batches;

    /// <summary>
    /// The first batch, for what depends on shapes. Tensors that the source makes for it are in the dispose scope that is open.
    /// </summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static DataBatch First(DataSource source) =>
        source.Batches is null or > 0
            ? Pass(source, new DataPass(0)).First()
            : throw new ArgumentException(
                Invariant(
                    $"A source has at least one batch a pass, or null where the number is not known, but says that it has {source.Batches}."
                )
            );

    /// <summary>The batches of a pass, as many as the source has said.</summary>
    /// <exception cref="ArgumentException">There is none, or one that is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are fewer or more than it has said, the source gave null instead of them, or libtorch refused what it computes.
    /// </exception>
    public static IEnumerable<DataBatch> Pass(DataSource source, DataPass pass)
    {
        int count = 0;
        IEnumerable<DataBatch> read =
            InWords(() => source.Read(pass))
            ?? throw new InvalidOperationException(
                Invariant(
                    $"Read of a source gives the batches of a pass, but that of {source.GetType().Name} gave null for pass {pass.Number}. "
                        + $"Give them by 'yield return', or as a list."
                )
            );
        using IEnumerator<DataBatch> batches = InWords(read.GetEnumerator);
        Func<bool> next = batches.MoveNext;
        for (; InWords(next); count++)
        {
            if (count >= source.Batches)
            {
                throw Miscounted(source, "more");
            }

            yield return batches.Current
                ?? throw new ArgumentException(Invariant($"A source gives batches, but batch {count} of the pass, from 0, is null."));
        }

        if (count == 0)
        {
            throw new ArgumentException("A source gives at least one batch a pass, but it gave none.");
        }

        if (count < source.Batches)
        {
            throw Miscounted(source, Invariant($"only {count}"));
        }

        T InWords<T>(Func<T> run)
        {
            try
            {
                return run();
            }
            catch (Exception e) when (NativeFailure.Is(e))
            {
                throw NativeFailure.Of(
                    e,
                    Invariant($"Read of the source {source.GetType().Name}, at batch {count} of pass {pass.Number}, from 0,"),
                    "Look at what it computes.",
                    areArguments: false
                );
            }
        }
    }

    /// <summary>Refuses what a source brings itself.</summary>
    /// <param name="x">Arrays, of which nothing is refused, or a source.</param>
    /// <param name="given">What was given beside it, by the names of the public method's parameters.</param>
    /// <exception cref="ArgumentException">Something was.</exception>
    public static void RefuseBeside(ArrayLike x, params ReadOnlySpan<(object? Value, string Name)> given)
    {
        foreach ((object? value, string name) in given)
        {
            if (x.Source is not null && value is not null)
            {
                throw new ArgumentException(
                    $"A DataSource brings its targets, weights and batches itself, but {name} was given beside it. Leave {name} out.",
                    name
                );
            }
        }
    }

    /// <summary>Runs a check of a batch, whose refusals then say which batch it is.</summary>
    public static T InPlace<T>(int step, Model model, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(Invariant($"Batch {step} of the source, from 0, does not fit '{model.Name}': {e.Message}"), e);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Batch> Read(SourcePass pass, int skip)
    {
        using IEnumerator<DataBatch> batches = Pass(source, new DataPass(pass.Number, pass.Shuffle, Seed(pass))).GetEnumerator();
        for (int i = 0; i < skip; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (!batches.MoveNext())
            {
                throw new InvalidOperationException(
                    Invariant(
                        $"A source gives the same batches for the same pass, but of pass {pass.Number} it gave at least {skip} batches "
                            + $"before, and only {i} now. Let Read depend on its argument alone."
                    )
                );
            }
        }

        for (int step = skip; batches.MoveNext(); step++)
        {
            yield return InPlace(step, model, () => Checked(batches.Current));
        }
    }

    // The source is the user's.
    /// <inheritdoc/>
    public override void Dispose() { }

    /// <summary>The batch as the program takes it, in the dispose scope that is open.</summary>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    protected abstract Batch Checked(DataBatch batch);

    /// <summary>Which samples a batch has.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="size">How many samples.</param>
    /// <exception cref="ArgumentException">It has another number of indices.</exception>
    protected static BatchRows RowsOf(DataBatch batch, long size) =>
        batch.Indices is not IReadOnlyList<long> numbers ? BatchRows.Unnumbered((int)size)
        : numbers.Count == size ? new BatchRows(tensor([.. numbers], ScalarType.Int64, CPU), -1, (int)size)
        : throw new ArgumentException(Invariant($"Each sample has one number, but there are {size} samples and {numbers.Count} indices."));

    private static InvalidOperationException Miscounted(DataSource source, string found) =>
        new(
            Invariant(
                $"The source said that a pass has {source.Batches} batches, but it gave {found}. Correct its number of batches, or let it "
                    + $"be null where it is not known."
            )
        );

    private static int Seed(SourcePass pass)
    {
        if (!pass.IsRandom)
        {
            return 0;
        }

        using Tensor seed = empty(1, ScalarType.Int64, CPU);
        seed.random_(0, int.MaxValue, pass.Generator);
        return (int)seed.data<long>()[0];
    }
}
