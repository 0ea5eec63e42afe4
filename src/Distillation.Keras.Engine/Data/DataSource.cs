namespace Distillation.Keras;

/// <summary>Data that come batch by batch, for what does not fit in memory or is computed on the way: <c>model.Fit(source)</c>.</summary>
/// <remarks>
/// <para>
/// A class of one's own overrides <see cref="Read"/>, in C# with <c>yield return</c>, in F# with <c>seq { ... }</c>. The same
/// <see cref="DataPass"/> gives the same batches, so that a fit that was interrupted can go on in the middle of a pass. Reading begins anew
/// with each call: a fit reads the first batch once more beforehand, for its shapes.
/// </para>
/// <para>
/// It is the <c>x</c> of <c>Fit</c> (also of a distiller), <c>Evaluate</c> and <c>Predict</c>, and validation data; where arrays alone are
/// taken it is refused.
/// It derives from <see cref="ArrayLike"/>, since F# goes from a class to its base class where it would not call a conversion.
/// </para>
/// <para>
/// A batch is used up before the next one is asked for, so that a source may write into the same array again. Tensors that are made while
/// reading are freed after the step. A source serves one pass at a time unless it says otherwise.
/// </para>
/// </remarks>
public abstract class DataSource : ArrayLike
{
    /// <summary>How many batches a pass has; <see langword="null"/> (the default) where that is known at its end only.</summary>
    public virtual int? Batches => null;

    /// <summary>Begins a pass.</summary>
    /// <param name="pass">Which one.</param>
    /// <returns>Its batches, in order.</returns>
    public abstract IEnumerable<DataBatch> Read(DataPass pass);

    /// <summary>A source of a function.</summary>
    /// <param name="read">Gives the batches of a pass, the same ones for the same pass.</param>
    /// <param name="batches">How many batches a pass has, or <see langword="null"/> where that is not known.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batches"/> is below 1.</exception>
    public static DataSource FromBatches(Func<DataPass, IEnumerable<DataBatch>> read, int? batches = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        Arguments.AtLeast(1, batches, nameof(batches));
        return new OfFunction(read, batches);
    }

    private sealed class OfFunction(Func<DataPass, IEnumerable<DataBatch>> read, int? batches) : DataSource
    {
        public override int? Batches => batches;

        public override IEnumerable<DataBatch> Read(DataPass pass) => read(pass);
    }
}
