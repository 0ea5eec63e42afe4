using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Finds tokens' places: by binary search in sorted keys, on the device of what is looked for. What it holds on a device is made once.
/// </summary>
internal sealed class TokenTable
{
    private readonly long[][] _columns;
    private readonly long[] _places;
    private readonly Dictionary<string, Tensor[]> _onDevices = [];

    /// <summary>A table of tokens in the order of their places.</summary>
    /// <param name="keys">
    /// For each token one number or two: the first ones are searched, and are all different; the second ones are compared.
    /// </param>
    public TokenTable(long[][] keys)
    {
        _places = [.. Enumerable.Range(0, keys.Length).OrderBy(i => keys[i][0]).Select(i => (long)i)];
        int width = keys.Length == 0 ? 0 : keys[0].Length;
        _columns = [.. Enumerable.Range(0, width).Select(c => Array.ConvertAll(_places, p => keys[p][c]))];
    }

    /// <summary>The place of each token, and whether it is there at all, in the dispose scope that is open.</summary>
    public (Tensor Place, Tensor Found) Find(params Tensor[] keys)
    {
        if (_columns.Length == 0)
        {
            return (zeros_like(keys[0]), zeros_like(keys[0], ScalarType.Bool));
        }

        Tensor[] table = On(keys[0].device);
        Tensor at = searchsorted(table[1], keys[0]).Between(0L, _places.Length - 1L).flatten();
        Tensor found = ones(at.shape, ScalarType.Bool, device: at.device);
        for (int i = 0; i < _columns.Length; i++)
        {
            found = found.logical_and(table[i + 1].index_select(0, at).eq(keys[i].flatten()));
        }

        return (table[0].index_select(0, at).reshape(keys[0].shape), found.reshape(keys[0].shape));
    }

    /// <summary>Frees what it holds on devices; it may be used again.</summary>
    public void Release()
    {
        lock (_onDevices)
        {
            foreach (Tensor tensor in _onDevices.Values.SelectMany(t => t))
            {
                tensor.Dispose();
            }

            _onDevices.Clear();
        }
    }

    private Tensor[] On(torch.Device device)
    {
        lock (_onDevices)
        {
            string name = device.ToString();
            if (!_onDevices.TryGetValue(name, out Tensor[]? tensors))
            {
                _onDevices[name] = tensors = [
                    .. _columns.Prepend(_places).Select(c => tensor(c, ScalarType.Int64, device).DetachFromDisposeScope()),
                ];
            }

            return tensors;
        }
    }
}
