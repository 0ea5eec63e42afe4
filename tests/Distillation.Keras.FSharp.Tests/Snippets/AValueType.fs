/// Code of docs/extending.md.
module Snippets.AValueType

open NUnit.Framework

// <snippet A value type>
open System.Text.Json.Nodes
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Saving

/// From a lower end to an upper one: a list of two numbers in JSON.
[<Struct>]
type Interval =
    { Low: float
      High: float }

    interface IConfigValue<Interval> with
        static member FromJson(node) =
            let ends = [| for item in node.AsArray() -> (nonNull item).GetValue<float>() |]
            { Low = ends[0]; High = ends[1] }

        member this.ToJson() = JsonArray(JsonValue.Create this.Low, JsonValue.Create this.High)

/// Brings what lies outside of an interval to its nearer end.
type Clip [<ConfigConstructor>] (interval: Interval, ?name: string) =
    inherit Layer(Option.toObj name)

    new(limit: float) = Clip({ Low = -limit; High = limit })

    member _.Interval = interval

    override _.Forward(input, _) = torch.nn.functional.hardtanh (input, interval.Low, interval.High)
// </snippet>

[<Test>]
let ``A value type`` () =
    // <snippet A value type>
    KerasSerializer.Register<Clip>()
    let model = Sequential(Input 3, Clip 0.5)
    let read = Model.FromJson(model.ToJson())
    // </snippet>
    Assert.That((read.GetLayer 0 :?> Clip).Interval, Is.EqualTo { Low = -0.5; High = 0.5 })
    Assert.That(model.ToJson(), Does.Contain "\"interval\":[-0.5,0.5]")
