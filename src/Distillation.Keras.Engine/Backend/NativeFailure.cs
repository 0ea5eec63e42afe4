using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>
/// Says in the library's words what libtorch or TorchSharp refused: who computed, in which call, with what, and what to do.
/// </summary>
/// <remarks>
/// To be used where code or data of a user's meet libtorch: <c>catch (Exception e) when (NativeFailure.Is(e))</c>, which costs nothing
/// where nothing fails. Exceptions of other origin pass.
/// </remarks>
internal static class NativeFailure
{
    private static readonly string Library = typeof(torch).Assembly.GetName().Name!;

    /// <summary>
    /// Whether libtorch or TorchSharp threw it. Classes derived from <see cref="ExternalException"/> are others' (sockets, files).
    /// </summary>
    public static bool Is(Exception e) => e.GetType() == typeof(ExternalException) || e is SEHException || e.Source == Library;

    /// <summary>The exception to throw instead: of the arguments where the user made the call himself, else of the operation.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="what">Who failed: <c>The loss 'mse'</c>.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    /// <param name="given">The tensors that it was given, by the names of the public method's parameters.</param>
    public static Exception Of(Exception e, string what, string remedy, params ReadOnlySpan<(string Name, Tensor? Tensor)> given) =>
        Of(e, what, remedy, RunningCall.Name is null, given);

    /// <inheritdoc cref="Of(Exception, string, string, ReadOnlySpan{ValueTuple{string, Tensor}})"/>
    /// <param name="e">What was thrown.</param>
    /// <param name="what">Who failed: <c>The loss 'mse'</c>.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    /// <param name="areArguments">Whether the tensors given are the arguments of the user's call.</param>
    /// <param name="given">The tensors that it was given, by the names of the public method's parameters.</param>
    public static Exception Of(
        Exception e,
        string what,
        string remedy,
        bool areArguments,
        params ReadOnlySpan<(string Name, Tensor? Tensor)> given
    )
    {
        string place = RunningCall.Name is string call ? $" in {call}" : string.Empty;
        if (IsOfMemory(e))
        {
            return new InsufficientMemoryException(
                $"{what} found too little memory{place}{Described(given)}. Use smaller batches (batch_size) or smaller layers, and "
                    + "dispose what is not needed any more.",
                e
            );
        }

        foreach ((string name, Tensor? tensor) in given)
        {
            if (tensor is { IsInvalid: true })
            {
                return new ObjectDisposedException(
                    $"{what} was given a tensor, {name}, that is disposed{place}. Dispose it after its last use; one that was made in a "
                        + "dispose scope ends with it unless it is moved out (MoveToOuterDisposeScope).",
                    e
                );
            }
        }

        if (e.Message.StartsWith("Tensor invalid", StringComparison.Ordinal))
        {
            return new ObjectDisposedException(
                $"{what} computes with a tensor that was disposed or released{place}. What is kept for later calls must live as long: "
                    + "detach it from dispose scopes (DetachFromDisposeScope), and dispose it afterwards.",
                e
            );
        }

        string message = $"{what} failed{place}{Described(given)}{Reason(e)}. {remedy}";
        return areArguments ? new ArgumentException(message, e) : new InvalidOperationException(message, e);
    }

    // The first line, unless it speaks of libtorch's own code.
    private static string Reason(Exception e)
    {
        string line = e.Message.Split('\n')[0].Split(" Exception raised", StringSplitOptions.None)[0].Trim().TrimEnd('.');
        bool isForeign =
            line.Length is 0 or > 300
            || line.Contains("ASSERT", StringComparison.Ordinal)
            || line.Contains(".cpp", StringComparison.Ordinal)
            || line.Contains("::", StringComparison.Ordinal);
        return isForeign ? string.Empty : $"; reason: {line}";
    }

    private static bool IsOfMemory(Exception e) =>
        e.Message.Contains("allocate memory", StringComparison.Ordinal)
        || e.Message.Contains("out of memory", StringComparison.Ordinal)
        || e.Message.Contains("not enough memory", StringComparison.Ordinal);

    private static string Described(ReadOnlySpan<(string Name, Tensor? Tensor)> given)
    {
        var parts = new List<string>();
        foreach ((string name, Tensor? tensor) in given)
        {
            if (tensor is { IsInvalid: false })
            {
                parts.Add(
                    $"{name} of shape {Sizes(tensor.shape)} and type "
                        + $"{tensor.dtype}{(tensor.device_type == DeviceType.CPU ? string.Empty : $" on {tensor.device}")}"
                );
            }
        }

        return parts.Count == 0 ? string.Empty : $", with {string.Join(", ", parts)}";
    }

    // As Shape writes it, which is no room below this one.
    private static string Sizes(long[] sizes) => Invariant($"({string.Join(", ", sizes)}{(sizes.Length == 1 ? "," : string.Empty)})");
}
