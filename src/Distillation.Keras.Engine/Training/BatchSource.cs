namespace Distillation.Keras.Training;

/// <summary>What the loop takes its batches from, pass by pass. Arrays are one such source, and a stream is another.</summary>
/// <remarks>Owns what it keeps of the data; <see cref="Dispose"/> frees it.</remarks>
internal abstract class BatchSource : IDisposable
{
    /// <summary>How many steps a pass takes, or <see langword="null"/> where that is known at its end only.</summary>
    public abstract int? Steps { get; }

    /// <summary>
    /// The batches of a pass, but for the first ones. The tensors of each come into the dispose scope that is open when it is asked for.
    /// </summary>
    /// <param name="pass">Which one; it draws what the order depends on when the first batch is asked for, and nothing afterwards.</param>
    /// <param name="skip">How many batches are left out, as an earlier fit has had them.</param>
    public abstract IEnumerable<Batch> Read(SourcePass pass, int skip);

    /// <inheritdoc/>
    public abstract void Dispose();
}
