using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

public partial class MeanMetricWrapper
{
    // Of a function of Keras': its name and what else it takes, which are all that a configuration holds of it.
    private string? _function;
    private JsonObject _arguments = [];

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">
    /// It is of this very class, and its function is neither one of Keras' nor a loss: no configuration can hold it.
    /// </exception>
    public override JsonObject GetConfig()
    {
        if (GetType() != typeof(MeanMetricWrapper))
        {
            return base.GetConfig();
        }

        JsonObject fn =
            OfLoss is Loss loss ? KerasSerializer.Serialize(loss)
            : _function is string name ? SerializedFunction.Write(name)
            : throw new NotSupportedException(
                $"The metric '{Name}' wraps a function, which no configuration can hold. Derive a class from MeanMetricWrapper, register "
                    + "it with KerasSerializer.Register<T>(), and use that."
            );
        var config = new JsonObject
        {
            ["name"] = Name,
            ["dtype"] = DType.Name,
            ["fn"] = fn,
        };
        foreach ((string key, JsonNode? value) in _arguments)
        {
            config[key] = value?.DeepClone();
        }

        return config;
    }

    /// <summary>The loss whose value it is, if any.</summary>
    internal Loss? OfLoss { get; private init; }

    // Found by the reader of configurations: a function of one's own is never made from one.
    internal static MeanMetricWrapper FromConfig(JsonObject config)
    {
        string name = config["name"] is JsonNode given ? ConfigReader.Text(given, "MeanMetricWrapper: the argument 'name'") : string.Empty;
        var dtype = (DTypePolicy?)ConfigReader.Convert(config["dtype"], typeof(DTypePolicy), "MeanMetricWrapper: the argument 'dtype'");
        var arguments = new JsonObject(
            config.Where(p => p.Key is not ("name" or "dtype" or "fn")).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))
        );
        if (config["fn"] is JsonObject loss && SerializedFunction.NameOf(loss, Place) is null)
        {
            return arguments.Count == 0
                ? Named(FromLoss(KerasSerializer.Deserialize<Loss>(loss)), name, dtype)
                : throw new ArgumentException($"{Place} is a loss, which takes nothing else, but found {arguments.ToJsonString()}.");
        }

        string function = config["fn"] is JsonObject node
            ? SerializedFunction.NameOf(node, Place)!
            : ConfigReader.Text(config["fn"], Place);
        return new MeanMetricWrapper(FunctionOf(function, arguments, name), name.Length == 0 ? function : name, dtype)
        {
            _function = function,
            _arguments = arguments,
        };
    }

    private const string Place = "MeanMetricWrapper: the argument 'fn'";

    private static MeanMetricWrapper Named(MeanMetricWrapper made, string name, DTypePolicy? dtype) =>
        new(made.Fn, name.Length == 0 ? made.Name : name, dtype ?? made.DType) { OfLoss = made.OfLoss };

    // A function of Keras' is that of the metric with its name, or the values of the loss.
    private static Func<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> FunctionOf(
        string function,
        JsonObject arguments,
        string metric
    )
    {
        if (KerasClasses.ContainsIdentifier(function, typeof(Metric)))
        {
            Type type = KerasClasses.FromIdentifier(function, typeof(Metric)) is MeanMetricWrapper known
                ? known.GetType()
                : typeof(MeanMetricWrapper);
            if (type != typeof(MeanMetricWrapper))
            {
                return ((MeanMetricWrapper)ConfigReader.Create(type, function, (JsonObject)arguments.DeepClone())).Fn;
            }
        }

        if (KerasClasses.ContainsIdentifier(function, typeof(Loss)))
        {
            var config = (JsonObject)arguments.DeepClone();
            config["reduction"] = "none";
            var loss = (Loss)ConfigReader.Create(KerasClasses.FromIdentifier(function, typeof(Loss)).GetType(), function, config);
            return (y_true, y_pred) => loss.Call(y_true, y_pred);
        }

        throw new NotSupportedException(
            $"The metric '{metric}' is a MeanMetricWrapper of a function '{function}', but no metric function and no loss of Keras has "
                + "that name, and a function of one's own is never made from a configuration. Make one with new MeanMetricWrapper(fn), or "
                + "derive a class from it and register that."
        );
    }

    // The functions of the library are Keras', and have their names.
    private static string? KerasNameOf(Delegate fn) =>
        fn.Target is null && (fn.Method.DeclaringType == typeof(MetricFunctions) || fn.Method.DeclaringType == typeof(LossFunctions))
            ? Naming.OfFunction(fn)
            : null;
}
