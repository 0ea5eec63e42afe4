using System.Globalization;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>Changes JSON at random places, the same way for the same seed.</summary>
internal sealed class JsonMutation(int seed)
{
    // Stands for half a surrogate pair, which JSON can spell and no string can hold.
    private const string Half = "half of a pair";

    private static readonly string[] Values =
    [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1",
        "2",
        "3000",
        "0.5",
        "-0.0",
        "1e300",
        "-1e300",
        "1e-320",
        "2147483647",
        "2147483648",
        "-2147483648",
        "9223372036854775807",
        "18446744073709551615",
        "1e400",
        "\"\"",
        "\"x\"",
        "\"float32\"",
        "\"float64\"",
        "\"Dense\"",
        "\"relu\"",
        "\"a/b\"",
        "\"1\"",
        $"\"{Half}\"",
        "[]",
        "[null]",
        "[1]",
        "[1, 2]",
        "[1, 2, 3]",
        "[[1, 2], [3, 4]]",
        "[\"x\"]",
        "[[]]",
        "[-1]",
        "[1e300]",
        "[{}]",
        "{}",
        "{\"x\": 1}",
        "{\"class_name\": \"Dense\"}",
        "{\"class_name\": 3, \"config\": {}}",
        "{\"class_name\": \"Dense\", \"config\": null}",
        "{\"class_name\": \"Zeros\", \"config\": {}}",
        "{\"class_name\": \"__tensor__\", \"config\": {}}",
        "{\"class_name\": \"__tensor__\", \"config\": {\"value\": [[1]]}}",
        "{\"class_name\": \"function\", \"config\": \"relu\"}",
        "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [1, 2, 3]}}",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A copy with one to three changes, and a word about each.</summary>
    public (string Text, string Changes) Of(string json)
    {
        JsonNode root = JsonNode.Parse(json)!;
        var changes = new List<string>();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            Place[] places = [.. Below(root)];
            if (places.Length == 0)
            {
                break;
            }

            Place place = places[_random.Next(places.Length)];
            string path = place.Path;
            changes.Add($"{path}: {Change(place, places)}");
        }

        return (root.ToJsonString().Replace(Half, "\\ud800", StringComparison.Ordinal), string.Join("; ", changes));
    }

    private string Change(Place place, Place[] places)
    {
        switch (_random.Next(10))
        {
            case 0:
                place.Remove();
                return "removed";
            case 1:
                place.Copy();
                return "copied beside it";
            case 2:
                Place other = places[_random.Next(places.Length)];
                string from = other.Path;
                place.Set(other.Value?.DeepClone());
                return $"replaced by {from}";
            case 3 when place.Value is JsonValue number && number.TryGetValue(out double value):
                string text = (value * _random.Next(-3, 4)).ToString("R", CultureInfo.InvariantCulture);
                place.Set(JsonNode.Parse(text));
                return text;
            default:
                string replacement = Values[_random.Next(Values.Length)];
                place.Set(JsonNode.Parse(replacement));
                return replacement;
        }
    }

    // The root itself stays. What is null is a place too.
    private static IEnumerable<Place> Below(JsonNode? node) =>
        node switch
        {
            JsonObject o => o.SelectMany(p => Below(p.Value).Prepend(new Place(o, p.Key, 0))),
            JsonArray a => a.SelectMany((n, i) => Below(n).Prepend(new Place(a, null, i))),
            _ => [],
        };

    private sealed record Place(JsonNode Parent, string? Key, int Index)
    {
        public JsonNode? Value => Key is null ? Parent[Index] : Parent[Key];

        public string Path => Key is null ? $"{Parent.GetPath()}[{Index}]" : $"{Parent.GetPath()}.{Key}";

        public void Set(JsonNode? value)
        {
            if (Key is null)
            {
                Parent[Index] = value;
            }
            else
            {
                Parent[Key] = value;
            }
        }

        public void Remove()
        {
            if (Key is null)
            {
                Parent.AsArray().RemoveAt(Index);
            }
            else
            {
                Parent.AsObject().Remove(Key);
            }
        }

        public void Copy()
        {
            if (Key is null)
            {
                Parent.AsArray().Add(Value?.DeepClone());
            }
            else
            {
                Parent["extra"] = Value?.DeepClone();
            }
        }
    }
}
