using System.Collections;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>What <c>Compile</c> takes as loss: one for all outputs, one for each in order, or by the outputs' names.</summary>
/// <remarks>
/// Immutable. Each <see cref="Loss"/> is one, since F# converts an object to its base class where it would not call a conversion for it. A
/// string, functions, arrays and dictionaries convert, and <c>["mse", "mae"]</c> makes one; <see langword="null"/> is no loss. <c>null</c>
/// in a list: that output has no loss.
/// </remarks>
[CollectionBuilder(typeof(LossSpec), nameof(Create))]
[ConfigUnion]
public abstract class LossSpec : KerasObject
{
    private protected LossSpec() { }

    /// <summary>Strings or losses. Strings are kept until the shapes are known, as <c>"crossentropy"</c> depends on them.</summary>
    internal abstract object?[] Items { get; }

    internal virtual bool IsList => false;

    internal virtual string[]? Names => null;

    /// <summary>One loss for each output.</summary>
    public static LossSpec Create(ReadOnlySpan<Loss?> losses) => new LossesOfOutputs(losses.ToArray());

    /// <summary>One loss for each output, from a list of any kind: in F# <c>loss = LossSpec.Of [ "mse"; Huber() ]</c>.</summary>
    /// <param name="losses">Names and losses; <see langword="null"/> for an output without one.</param>
    /// <exception cref="ArgumentException">An element is neither.</exception>
    public static LossSpec Of(IEnumerable<object?> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return new LossesOfOutputs(losses.Select(LossesOfOutputs.Checked));
    }

    /// <summary>
    /// Losses by the outputs' names, from a dictionary of any kind: in F# <c>loss = LossSpec.ByName(dict [ "p", "mse" ])</c>.
    /// </summary>
    /// <param name="losses">Pairs of an output's name and its loss (a name or a <see cref="Loss"/>).</param>
    /// <exception cref="ArgumentException">An element is no such pair.</exception>
    public static LossSpec ByName(IEnumerable losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        (string Name, object? Value)[] pairs =
            Pairs.Of(losses)
            ?? throw new ArgumentException(
                "Losses by name are a dictionary of the outputs' names and their losses, but got a list without names.",
                nameof(losses)
            );
        return new LossesOfOutputs(pairs.Select(p => LossesOfOutputs.Checked(p.Value)), names: Array.ConvertAll(pairs, p => p.Name));
    }

    /// <summary>The losses, made from their strings where they were given so.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IEnumerator<Loss?> GetEnumerator() => Items.Select(i => i as Loss ?? (i is string s ? Loss.Get(s) : null)).GetEnumerator();

    /// <summary>The same loss for all outputs.</summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator LossSpec?(string? loss) => loss is null ? null : new LossesOfOutputs([loss], isList: false);

    /// <summary>
    /// A function of targets and predictions (batch first) as the loss of all outputs: see <see cref="LossFunctionWrapper"/>.
    /// </summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator LossSpec?(Func<Tensor, Tensor, Tensor>? loss) => loss is null ? null : LossFunctionWrapper.Of(loss);

    /// <summary>One loss for each output.</summary>
    [return: NotNullIfNotNull(nameof(losses))]
    public static implicit operator LossSpec?(string?[]? losses) => losses is null ? null : new LossesOfOutputs(losses);

    /// <summary>One loss for each output.</summary>
    [return: NotNullIfNotNull(nameof(losses))]
    public static implicit operator LossSpec?(Loss?[]? losses) => losses is null ? null : new LossesOfOutputs(losses);

    /// <summary>One loss for each output.</summary>
    [return: NotNullIfNotNull(nameof(losses))]
    public static implicit operator LossSpec?(List<string>? losses) => losses is null ? null : new LossesOfOutputs(losses);

    /// <summary>One loss for each output.</summary>
    [return: NotNullIfNotNull(nameof(losses))]
    public static implicit operator LossSpec?(List<Loss>? losses) => losses is null ? null : new LossesOfOutputs(losses);

    /// <summary>Losses by the outputs' names.</summary>
    [return: NotNullIfNotNull(nameof(losses))]
    public static implicit operator LossSpec?(Dictionary<string, string>? losses) => losses is null ? null : LossesOfOutputs.ByName(losses);

    /// <summary>Losses by the outputs' names.</summary>
    [return: NotNullIfNotNull(nameof(losses))]
    public static implicit operator LossSpec?(Dictionary<string, Loss>? losses) => losses is null ? null : LossesOfOutputs.ByName(losses);
}
