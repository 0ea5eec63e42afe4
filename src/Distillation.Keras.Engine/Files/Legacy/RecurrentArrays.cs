using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// The weights of recurrent layers as older files have them: Keras 1 has the matrices of each gate for themselves, and the layers of Keras
/// 2 that CUDA computes, CuDNNLSTM and CuDNNGRU, have each matrix in another order, and two biases.
/// </summary>
/// <remarks>
/// Source: <c>preprocess_weights_for_loading</c> and <c>_convert_rnn_weights</c> in <c>keras/engine/saving.py</c> of Keras 2.2.
/// </remarks>
internal static class RecurrentArrays
{
    private const int PartsOfGate = 3;

    // In which order Keras 1 has the gates i, f, c and o of an LSTM, and z, r and h of a GRU.
    private static readonly int[] GatesOfLstm = [0, 2, 1, 3];
    private static readonly int[] GatesOfGru = [0, 1, 2];

    /// <summary>The arrays of a layer as later versions have them.</summary>
    public static StoredArray[] Of(Layer layer, StoredArray[] arrays) =>
        layer switch
        {
            Bidirectional both when arrays.Length % 2 == 0 =>
            [
                .. Of(both.Layer, arrays[..(arrays.Length / 2)]),
                .. Of(both.BackwardLayer, arrays[(arrays.Length / 2)..]),
            ],
            TimeDistributed each => Of(each.Layer, arrays),
            LSTM => Of(arrays, GatesOfLstm),
            GRU => Of(arrays, GatesOfGru),
            _ => arrays,
        };

    private static StoredArray[] Of(StoredArray[] arrays, int[] gates)
    {
        if (arrays.Length == PartsOfGate * gates.Length)
        {
            return
            [
                .. Enumerable
                    .Range(0, PartsOfGate)
                    .Select(part => StoredArray.Joined([.. gates.Select(g => arrays[(g * PartsOfGate) + part])])),
            ];
        }

        return
            arrays is [{ Shape: [long width, long columns] }, { Shape: [long units, _] }, { Shape: [long biases] }]
            && columns == units * gates.Length
            && biases == 2 * columns
            ? OfCuda(arrays, gates.Length, width, units)
            : arrays;
    }

    private static StoredArray[] OfCuda(StoredArray[] arrays, int gates, long width, long units)
    {
        long columns = units * gates;
        return
        [
            arrays[0].Changed(k => ByGate(k, g => g.reshape(units, width).t()), [width, columns]),
            arrays[1].Changed(k => ByGate(k, g => g.t()), [units, columns]),
            gates == GatesOfLstm.Length
                ? arrays[2].Changed(b => b.view(2, columns).sum(0), [columns])
                : arrays[2].Changed(b => b.view(2, columns), [2, columns]),
        ];

        Tensor ByGate(Tensor kernel, Func<Tensor, Tensor> change) =>
            cat([.. kernel.chunk(gates, 1).Select(g => change(g.contiguous()))], 1);
    }
}
