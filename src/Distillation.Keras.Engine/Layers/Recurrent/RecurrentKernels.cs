using Distillation.Keras.Backend;
using static TorchSharp.torch;

// A script is given tensors alone, of which no Scalar is made.
#pragma warning disable RS0030

namespace Distillation.Keras.Layers;

/// <summary>libtorch's own recurrent layers, on weights in Keras' layout, through which gradients go.</summary>
/// <remarks>
/// <para>
/// TorchSharp has them as modules alone, whose weights are leaves. What a script calls is the operation itself. Gates come in the order i,
/// f, c, o in both for an LSTM; for a GRU Keras has z, r, h where libtorch has r, z, n.
/// </para>
/// <para>Thread-safe.</para>
/// </remarks>
internal static class RecurrentKernels
{
    // One text, and the weights as views of one piece of memory: then CUDA's library need not copy them.
    private const string Script = """
        def weights(k: Tensor, r: Tensor, a: Tensor, b: Tensor) -> List[Tensor]:
            n = k.size(1)
            d = k.size(0)
            u = r.size(0)
            if not k.is_cuda:
                return [k.t().contiguous(), r.t().contiguous(), a, b]
            all = torch.cat([k.t().reshape(-1), r.t().reshape(-1), a, b])
            parts = torch.split(all, [n * d, n * u, n, n])
            return [parts[0].view(n, d), parts[1].view(n, u), parts[2], parts[3]]

        def swap(w: Tensor, dim: int) -> Tensor:
            g = torch.chunk(w, 3, dim)
            return torch.cat([g[1], g[0], g[2]], dim)

        def lstm(x: Tensor, h: Tensor, c: Tensor, k: Tensor, r: Tensor, b: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
            y, hn, cn = torch.lstm(
                x, [h.unsqueeze(0), c.unsqueeze(0)], weights(k, r, b, torch.zeros_like(b)), True, 1, 0.0, False, False, True)
            return y, hn.squeeze(0), cn.squeeze(0)

        def gru(x: Tensor, h: Tensor, k: Tensor, r: Tensor, a: Tensor, b: Tensor) -> Tuple[Tensor, Tensor]:
            y, hn = torch.gru(
                x, h.unsqueeze(0), weights(swap(k, 1), swap(r, 1), swap(a, 0), swap(b, 0)), True, 1, 0.0, False, False, True)
            return y, hn.squeeze(0)

        def tanh(x: Tensor, h: Tensor, k: Tensor, r: Tensor, b: Tensor) -> Tuple[Tensor, Tensor]:
            y, hn = torch.rnn_tanh(
                x, h.unsqueeze(0), weights(k, r, b, torch.zeros_like(b)), True, 1, 0.0, False, False, True)
            return y, hn.squeeze(0)

        def relu(x: Tensor, h: Tensor, k: Tensor, r: Tensor, b: Tensor) -> Tuple[Tensor, Tensor]:
            y, hn = torch.rnn_relu(
                x, h.unsqueeze(0), weights(k, r, b, torch.zeros_like(b)), True, 1, 0.0, False, False, True)
            return y, hn.squeeze(0)

        """;

    private static readonly Lazy<jit.CompilationUnit> Unit = new(static () =>
    {
        NativeLibraries.EnsureLoaded();
        return jit.compile(Script.ReplaceLineEndings("\n"));
    });

    /// <summary>An LSTM with tanh and sigmoid.</summary>
    /// <param name="sequences">What is computed.</param>
    /// <param name="kernel">(d, 4 · units)</param>
    /// <param name="recurrentKernel">(units, 4 · units)</param>
    /// <param name="bias">(4 · units)</param>
    public static RecurrentOutputs Lstm(RecurrentInputs sequences, Tensor kernel, Tensor recurrentKernel, Tensor bias)
    {
        (Tensor all, Tensor h, Tensor c) = Unit.Value.invoke<(Tensor, Tensor, Tensor)>(
            "lstm",
            sequences.Sequences,
            sequences.States[0],
            sequences.States[1],
            kernel,
            recurrentKernel,
            bias
        );
        return new RecurrentOutputs(h, all, [h, c]);
    }

    /// <summary>A GRU with tanh and sigmoid, whose reset gate acts after the product.</summary>
    /// <param name="sequences">What is computed.</param>
    /// <param name="kernel">(d, 3 · units)</param>
    /// <param name="recurrentKernel">(units, 3 · units)</param>
    /// <param name="inputBias">(3 · units), added to the product of the input.</param>
    /// <param name="recurrentBias">(3 · units), added to that of the state.</param>
    public static RecurrentOutputs Gru(
        RecurrentInputs sequences,
        Tensor kernel,
        Tensor recurrentKernel,
        Tensor inputBias,
        Tensor recurrentBias
    ) => Single("gru", sequences, kernel, recurrentKernel, inputBias, recurrentBias);

    /// <summary>A simple recurrent layer with tanh or relu.</summary>
    /// <param name="activation">Which of them.</param>
    /// <param name="sequences">What is computed.</param>
    /// <param name="kernel">(d, units)</param>
    /// <param name="recurrentKernel">(units, units)</param>
    /// <param name="bias">(units)</param>
    public static RecurrentOutputs Simple(
        string activation,
        RecurrentInputs sequences,
        Tensor kernel,
        Tensor recurrentKernel,
        Tensor bias
    ) => Single(activation, sequences, kernel, recurrentKernel, bias);

    private static RecurrentOutputs Single(string function, RecurrentInputs sequences, params Tensor[] weights)
    {
        (Tensor all, Tensor h) = Unit.Value.invoke<(Tensor, Tensor)>(function, [sequences.Sequences, sequences.States[0], .. weights]);
        return new RecurrentOutputs(h, all, [h]);
    }
}
