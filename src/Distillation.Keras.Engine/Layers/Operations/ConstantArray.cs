using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Numbers with a shape and a type that are part of a graph: Keras' <c>__tensor__</c>.</summary>
internal sealed record ConstantArray(double[] Values, long[] Sizes, string DType)
{
    private const int Deepest = 32;

    /// <summary>Those of a configuration.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static ConstantArray Read(JsonObject node)
    {
        JsonObject config = node["config"] as JsonObject ?? throw Refused(node);
        string dtype = ConfigReader.Text(config["dtype"], "A constant of an operation: its type");
        if (!DTypes.TryGet(dtype, out _))
        {
            throw Refused(node);
        }

        var sizes = new List<long>();
        for (JsonNode? inner = config["value"]; inner is JsonArray list; inner = list.Count > 0 ? list[0] : null)
        {
            sizes.Add(list.Count);
            if (sizes.Count > Deepest)
            {
                throw Refused(node);
            }
        }

        var values = new List<double>();
        Collect(config["value"], 0);
        return new ConstantArray([.. values], [.. sizes], dtype);

        void Collect(JsonNode? value, int depth)
        {
            if (value is JsonArray list && depth < sizes.Count && list.Count == sizes[depth])
            {
                foreach (JsonNode? item in list)
                {
                    Collect(item, depth + 1);
                }
            }
            else if (value is JsonValue number && depth == sizes.Count)
            {
                values.Add(
                    CallForm.Decode(number) switch
                    {
                        bool flag => flag ? 1 : 0,
                        long whole => whole,
                        double real => real,
                        _ => throw Refused(node),
                    }
                );
            }
            else
            {
                throw Refused(node);
            }
        }
    }

    /// <summary>Keras' JSON.</summary>
    /// <param name="tensor">The numbers, on any device.</param>
    public static JsonObject Write(Tensor tensor)
    {
        using Tensor flat = tensor.detach().to(ScalarType.Float64).cpu().reshape(-1).contiguous();
        double[] values = flat.data<double>().ToArray();
        bool real = tensor.is_floating_point();
        int next = 0;
        return new JsonObject
        {
            ["class_name"] = "__tensor__",
            ["config"] = new JsonObject { ["value"] = Nested(0), ["dtype"] = DTypes.NameOf(tensor.dtype) },
        };

        JsonNode Nested(int axis) =>
            axis < tensor.dim() ? new JsonArray([.. Enumerable.Range(0, (int)tensor.size(axis)).Select(_ => Nested(axis + 1))])
            : real ? ConfigWriter.Real(values[next++])
            : tensor.dtype == ScalarType.Bool ? JsonValue.Create(values[next++] != 0)
            : JsonValue.Create((long)values[next++]);
    }

    /// <summary>A new tensor of the numbers.</summary>
    public Tensor On(torch.Device device)
    {
        DTypes.TryGet(DType, out ScalarType type);
        return device.type == TorchSharp.DeviceType.META ? empty(Sizes, type, device) : tensor(Values, Sizes).to(type).to(device);
    }

    private static ArgumentException Refused(JsonObject node) =>
        new($"A constant of an operation is numbers of a known type, equally many in each row, but found {KerasSerializer.Shorten(node)}.");
}
